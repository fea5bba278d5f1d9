package app

import "github.com/alecthomas/kong"

// The groups of commands in the help.
const (
	groupTrain   = "Train:"
	groupLook    = "Look at runs:"
	groupUse     = "Use a trained network:"
	groupBefore  = "Before training:"
	groupProgram = "The program:"
)

// commandHelp has the group of each command, and examples: lines without the program's name.
var commandHelp = map[string]struct {
	group    string
	examples []string
}{
	"train": {groupTrain, []string{
		"train --epochs 5",
		"train --model lenet-bn --solver 'Adam(lr=1e-3)' --schedule 'CosineAnnealingLR()' --note 'cosine'",
		"train --data make_spirals --model mlp-bn --live localhost:6006",
		"train --resume runs/x",
	}},
	"compare": {groupTrain, []string{
		"compare --model lenet,lenet-bn --lr 0.01,0.1 --epochs 2",
		"compare --preset tutorial --out runs/tutorial",
	}},
	"recipes":      {groupTrain, []string{"recipes", "recipes best"}},
	"resume-check": {groupTrain, []string{"resume-check --model mlp --data make_moons"}},

	"board":  {groupLook, []string{"board", "board runs --addr localhost:6008"}},
	"report": {groupLook, []string{"report runs/a runs/b --out both.html", "report runs --plot curves.svg"}},

	"eval": {groupUse, []string{"eval --init runs/x/final.safetensors --per-class"}},
	"predict": {groupUse, []string{
		"predict --init runs/x/final.safetensors digit.png", "predict --init runs/x/final.safetensors --format json rows.csv",
	}},
	"serve": {groupUse, []string{
		"serve --init runs/x/final.safetensors", "serve --init runs/bn/final.safetensors --beside runs/x/final.safetensors",
	}},
	"export":      {groupUse, []string{"export --init runs/x/final.safetensors --onnx network.onnx"}},
	"inspect":     {groupUse, []string{"inspect runs/x/final.safetensors"}},
	"recalibrate": {groupUse, []string{"recalibrate --init runs/x/ema.safetensors --out recalibrated.safetensors"}},

	"play":      {groupBefore, []string{"play", "play --export page"}},
	"models":    {groupBefore, []string{"models"}},
	"solvers":   {groupBefore, []string{"solvers"}},
	"schedules": {groupBefore, []string{"schedules"}},
	"data":      {groupBefore, []string{"data", "data --data 'houses.csv?target=price'", "data --sheet digits.png"}},
	"summary":   {groupBefore, []string{"summary --model resnet8 --shape 3,32,32", "summary --draw lenet-bn.svg"}},
	"lrfind":    {groupBefore, []string{"lrfind --model lenet-bn", "lrfind --compare lenet,lenet-bn"}},
	"schedule": {groupBefore, []string{
		"schedule 'StepLR(step_size=5)'", "schedule 'OneCycleLR(max_lr=0.1, total_steps=40)'",
	}},
	"bench": {groupBefore, []string{"bench --model lenet-bn --mode train"}},

	"version":    {groupProgram, []string{"version"}},
	"completion": {groupProgram, []string{"completion bash", "completion zsh", "completion fish"}},
	"man":        {groupProgram, []string{"man"}},
}

// arrange gives a command its group, and its help examples.
func (p *program) arrange(node *kong.Node) {
	help, ok := commandHelp[node.Name]
	if !ok || node.Type != kong.CommandNode {
		return
	}
	node.Group = &kong.Group{Key: help.group, Title: help.group}
	if node.Detail != "" {
		node.Detail += "\n\n"
	}
	node.Detail += "Examples:\n"
	for _, e := range help.examples {
		node.Detail += "\n\t" + p.command + " " + e
	}
}
