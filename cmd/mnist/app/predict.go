package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"anneal/deploy/predict"
	"anneal/runs"
)

type predictCmd struct {
	weightsFlags
	Picture []string `arg:"" help:"${picture}"`
	Format  string   `enum:"text,csv,json" default:"text" help:"${predict_format}"`
	JSON    bool     `name:"json" hidden:""` // the old name of --format=json
}

func (p *predictCmd) Run(c *console) error {
	log := c.log(logFlags{})
	network, assumed, err := p.predictor(log)
	if err != nil {
		return err
	}
	bad := new(failures)
	var read []string // the pictures that are not bad
	var samples [][]byte
	for _, name := range p.Picture {
		pixels, err := readPicture(network, name)
		if err != nil {
			bad.add(log, err)
			continue
		}
		read, samples = append(read, name), append(samples, pixels)
	}
	if len(samples) == 0 {
		return bad.of(len(p.Picture), "picture")
	}
	predictions, err := network.ClassifyPixels(samples...)
	if err != nil {
		return err
	}
	if assumed != "" {
		log.Warn(assumed)
	}
	if p.JSON {
		log.Warn("--json is now --format=json")
		p.Format = "json"
	}
	if err := p.print(c.stdout, read, predictions, network.Options().ClassNames); err != nil {
		return err
	}
	return bad.of(len(p.Picture), "picture")
}

// print writes the predictions for pictures as --format says.
func (p *predictCmd) print(w io.Writer, pictures []string, predictions []predict.Prediction, names []string) error {
	switch t := predictionTable(pictures, predictions, names); p.Format {
	case "csv":
		return t.csv(w)
	case "text":
		return t.write(w)
	}
	e := json.NewEncoder(w)
	for i, name := range pictures {
		var v any = answer{name, predictions[i].Class, predictions[i].Probabilities}
		if runs.HasNames(names) {
			v = namedAnswer{name, predictions[i].Class, predictions[i].Name, predictions[i].Probabilities}
		}
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// predictionTable returns a row per picture: the class, and the probability of each class.
func predictionTable(pictures []string, predictions []predict.Prediction, names []string) *table {
	columns := []string{"picture", "digit"}
	if runs.HasNames(names) {
		columns[1] = "class"
	}
	for class := range predictions[0].Probabilities {
		columns = append(columns, fmt.Sprintf("P(%s)", runs.ClassName(names, class)))
	}
	t := head(0, columns...)
	for i, name := range pictures {
		row := []string{name, predictions[i].Name}
		for _, v := range predictions[i].Probabilities {
			row = append(row, fmt.Sprintf("%.4f", v))
		}
		t.add(row...)
	}
	return t
}

// answer is a line of JSON that predict prints.
type answer struct {
	Picture       string    `json:"picture"`
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
}

// namedAnswer is such a line if the classes have names.
type namedAnswer struct {
	Picture       string    `json:"picture"`
	Class         int       `json:"class"`
	Name          string    `json:"name"`
	Probabilities []float64 `json:"probabilities"`
}

// readPicture returns what the network sees of the picture in a file.
func readPicture(network *predict.Predictor, name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, err := predict.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	pixels, err := network.Pixels(picture)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pixels, nil
}
