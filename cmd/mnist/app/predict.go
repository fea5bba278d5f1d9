package app

import (
	"slices"

	"anneal/deploy/predict"
)

type predictCmd struct {
	weightsFlags
	File   []string `arg:"" help:"${predicted}"`
	Output string   `enum:",probabilities,logits,values" default:"" placeholder:"WHAT" help:"${predict_output}"`
	Format string   `enum:"text,csv,json" default:"text" help:"${predict_format}"`
	JSON   bool     `name:"json" hidden:""` // the old name of --format=json
}

// atOnce is how many samples predict reads before it asks the network.
const atOnce = 256

func (p *predictCmd) Run(c *console) error {
	log := c.log(logFlags{})
	network, assumed, err := p.predictor(log)
	if err != nil {
		return err
	}
	options := network.Options()
	output, err := options.Output(predict.Output(p.Output))
	if err != nil {
		return err
	}
	if p.JSON {
		p.Format = "json"
	}
	in := &inputs{network: network, log: log}
	out := &predictionWriter{w: c.stdout, format: p.Format, options: options, output: output}
	var waiting []input
	answer := func() error {
		var samples [][]float32
		for _, one := range waiting {
			samples = append(samples, one.x)
		}
		predictions, err := network.Answer(samples...)
		if err != nil {
			return err
		}
		if assumed != "" {
			log.Warn(assumed)
			assumed = ""
		}
		if p.JSON {
			log.Warn("--json is now --format=json")
			p.JSON = false
		}
		for i, one := range waiting {
			if err := out.add(one, predictions[i]); err != nil {
				return err
			}
		}
		waiting = waiting[:0]
		return nil
	}
	for _, name := range p.File {
		err := in.read(name, func(one input) error {
			if waiting = append(waiting, one); len(waiting) < atOnce {
				return nil
			}
			return answer()
		})
		if err != nil {
			return err
		}
	}
	if len(waiting) > 0 {
		err = answer()
	}
	if err == nil {
		err = out.end()
	}
	if err != nil {
		return err
	}
	return in.bad.of(in.all, inputNouns[options.Input()])
}

// inputNouns name what a network takes.
var inputNouns = map[predict.Input]string{
	predict.Digits: "picture", predict.Pictures: "picture", predict.Table: "row", predict.Tensors: "sample",
}

// arePictures reports whether the network takes pictures.
func arePictures(o predict.Options) bool {
	return slices.Contains([]predict.Input{predict.Digits, predict.Pictures}, o.Input())
}
