package app

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"anneal/graph"
	"anneal/internal/atomicfile"
	"anneal/view/diagram"
)

type summaryCmd struct {
	Model  modelFlag   `placeholder:"NAME" help:"${summary_model}"`
	Init   string      `placeholder:"FILE" help:"${summary_init}"`
	Batch  count       `default:"64" help:"Images per batch."`
	Shape  shapeFlag   `placeholder:"C,H,W" help:"${shape}"`
	Solver solverFlag  `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"${summary_solver}"`
	Draw   diagramFile `name:"draw" placeholder:"FILE" help:"${draw}"`
	Dot    diagramFile `name:"dot" hidden:""` // the old name of --draw
	Mode   string      `enum:"train,eval" default:"train" help:"Which program to draw: train or eval."`
	Fuse   bool        `help:"${draw_fuse}"`
	Format string      `enum:"text,json" default:"text" help:"How to print: text or json."`
}

// shapeFlag is the shape [C, H, W] of an image.
type shapeFlag [3]int

func (f *shapeFlag) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ",")
	for i, part := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if len(parts) != len(f) || err != nil || n < 1 {
			return fmt.Errorf("got %q, want channels, height and width, such as 1,28,28", text)
		}
		f[i] = n
	}
	return nil
}

// String returns what UnmarshalText reads.
func (f shapeFlag) String() string { return fmt.Sprintf("%d,%d,%d", f[0], f[1], f[2]) }

// diagramFile is the file to draw a graph in, or "" for none.
type diagramFile string

func (f *diagramFile) UnmarshalText(text []byte) error {
	*f = diagramFile(text)
	if e := f.ext(); e != ".svg" && e != ".dot" {
		return fmt.Errorf("got %q, want a name that ends in .svg or .dot", text)
	}
	return nil
}

func (f diagramFile) ext() string { return strings.ToLower(filepath.Ext(string(f))) }

func (s *summaryCmd) Run(c *console) error {
	if s.Dot != "" {
		c.log(logFlags{}).Warn("--dot is now --draw")
		s.Draw = cmp.Or(s.Draw, s.Dot)
	}
	if s.Init != "" {
		w := weightsFlags{Init: s.Init, Model: s.Model}
		about, err := w.identify()
		if err != nil {
			return err
		}
		s.Model = w.Model
		if s.Shape == (shapeFlag{}) {
			s.Shape = about.Shape
		}
	}
	if s.Model.draw == nil {
		if err := s.Model.UnmarshalText([]byte(c.program.model)); err != nil {
			return err
		}
	}
	if s.Shape == (shapeFlag{}) {
		s.Shape = c.program.shape
	}
	of, err := graph.Summarize(s.Model.draw, s.input())
	if err != nil {
		return err
	}
	summary, err := s.summarize(of)
	if err != nil {
		return err
	}
	if err := s.draw(of.Params); err != nil {
		return err
	}
	if s.Format == "json" {
		return printJSON(c.stdout, summary)
	}
	return summary.print(c.stdout)
}

// input returns the shape of a batch.
func (s *summaryCmd) input() []int { return []int{int(s.Batch), s.Shape[0], s.Shape[1], s.Shape[2]} }

// draw writes the diagram of the network's program to the file of --draw.
func (s *summaryCmd) draw(params *graph.Params) error {
	if s.Draw == "" {
		return nil
	}
	how, program := graph.Config{Mode: graph.Train, Shape: s.input(), Fuse: s.Fuse, Loss: s.Model.loss}, "training"
	if s.Mode == "eval" {
		how.Mode, program = graph.Eval, "evaluation"
	}
	p, err := graph.Compile(s.Model.draw, params, how)
	if err != nil {
		return err
	}
	d := diagram.Of(p)
	d.Title = fmt.Sprintf("%s, %s program, batch %d", s.Model.name, program, s.Batch)
	content := d.SVG()
	if s.Draw.ext() == ".dot" {
		content = d.DOT()
	}
	return atomicfile.Write(string(s.Draw), content)
}
