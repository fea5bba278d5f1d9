package serve

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics holds what a service measures, beyond what every Go process reports.
type metrics struct {
	registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
	images   prometheus.Histogram
}

func newMetrics() *metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := promauto.With(r)
	return &metrics{
		registry: r,
		seconds: f.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "anneal_predict_seconds",
			Help:    "Time from the headers of a request to /predict to its answer, by status.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
		}, []string{"code"}),
		images: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "anneal_predict_batch_images",
			Help:    "Samples in one run of the network.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, maxBatch},
		}),
	}
}

func (m *metrics) time(h http.Handler) http.Handler {
	return promhttp.InstrumentHandlerDuration(m.seconds, h)
}

func (m *metrics) batch(samples int) { m.images.Observe(float64(samples)) }

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
