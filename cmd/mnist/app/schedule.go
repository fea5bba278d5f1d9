package app

import (
	"errors"
	"fmt"

	"anneal/runs"
	"anneal/schedules"
	"anneal/view/report"
)

type scheduleCmd struct {
	Spec    []scheduleFlag `arg:"" help:"Schedules as PyTorch writes them, such as 'StepLR(5, gamma=0.1)'."`
	LR      atLeast0       `name:"lr" default:"0.1" placeholder:"RATE" help:"${schedule_lr}"`
	Count   count          `placeholder:"N" help:"${count}"`
	Metrics observed       `placeholder:"M,…" help:"${metrics}"`
	Format  string         `enum:"text,csv,json,table" default:"text" help:"${schedule_format}"`
	Plot    plotFile       `placeholder:"FILE" help:"${plot}"`
	Log     bool           `help:"Draw the learning rates on a logarithmic axis."`
	curveFlag
	scheduleScaling

	scaling   *runs.Settings
	forecasts []forecast
}

// Validate makes the forecasts, so that what they refuse is an error in the command line.
func (s *scheduleCmd) Validate() error {
	if s.Count == 0 {
		s.Count = 40
		if len(s.Metrics) > 0 {
			s.Count = count(len(s.Metrics) + 1)
		}
	}
	if most := count(1_000_000); s.Count > most {
		return fmt.Errorf("--count: got %d, want at most %d", s.Count, most)
	}
	if given, want := len(s.Metrics), int(s.Count)-1; given > 0 && given < want {
		return fmt.Errorf("--metrics: got %d, want %d: one after each of %d counts except the last", given, want, s.Count)
	}
	var err error
	if s.scaling, err = s.scheduleScaling.settings(); err != nil {
		return err
	}
	watched := false
	for _, spec := range s.Spec {
		spec.Schedule = schedules.Fit(spec.Schedule, int(s.Count))
		if factor := s.scaling.RateFactor(); factor != 1 {
			spec.Schedule = schedules.ScaledLR{Scheduler: spec.Schedule, Factor: factor}
		}
		driver, err := schedules.NewDriver(spec.Schedule, []float64{float64(s.LR)})
		if err != nil {
			return err
		}
		watched = watched || driver.State() != nil
		s.forecasts = append(s.forecasts, newForecast(spec.String(), driver, int(s.Count), s.Metrics))
	}
	if len(s.Metrics) > 0 && !watched {
		return errors.New("--metrics: none of the schedules depends on a metric, as ReduceLROnPlateau does")
	}
	return nil
}

func (s *scheduleCmd) Run(c *console) error {
	log := c.log(logFlags{})
	logScaling(log, s.scaling)
	for _, f := range s.forecasts {
		if f.blind {
			log.Warnf("the learning rate of %s depends on a metric: give it with --metrics", f.Schedule)
		}
	}
	if err := s.Plot.save(log, s.figure()); err != nil {
		return err
	}
	switch s.Format {
	case "csv":
		return forecastTable(s.forecasts, true).csv(c.stdout)
	case "json":
		return encodeForecasts(c.stdout, float64(s.LR), s.forecasts)
	}
	if len(s.forecasts) > 1 {
		for i, f := range s.forecasts {
			if err := say(c.stdout, "%d: %s\n", i+1, f.Schedule); err != nil {
				return err
			}
		}
	}
	if err := forecastTable(s.forecasts, false).write(c.stdout); err != nil {
		return err
	}
	return s.curveFlag.draw(c.stdout, s.figure())
}

// figure returns a panel with the learning rates and, if a schedule changes it, one with the momentum.
func (s *scheduleCmd) figure() report.Figure {
	rates := report.Panel{
		X: report.Axis{Label: "epoch or step"},
		Y: report.Axis{Label: "learning rate", Log: s.Log},
	}
	momentum := report.Panel{X: rates.X, Y: report.Axis{Label: "momentum"}}
	for _, f := range s.forecasts {
		counts := make([]float64, len(f.Rates))
		for i := range counts {
			counts[i] = float64(i)
		}
		rates.Lines = append(rates.Lines, report.Line{Name: f.Schedule, X: counts, Y: f.Rates, Steps: true})
		if f.Momenta != nil {
			momentum.Lines = append(momentum.Lines, report.Line{Name: f.Schedule, X: counts, Y: f.Momenta, Steps: true})
		}
	}
	figure := report.Figure{Panels: []report.Panel{rates}}
	if momentum.Lines != nil {
		figure.Panels = append(figure.Panels, momentum)
	}
	return figure
}
