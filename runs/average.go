package runs

// Average is how well an average of the weights does. What is not known or not finite is nil.
type Average struct {
	Name string // "swa" of an equal average, otherwise "ema"

	TestLoss, TestAccuracy             *float64
	ValidationLoss, ValidationAccuracy *float64
}

// Average returns how well the average of the weights does after the epoch.
func (e Epoch) Average() Average {
	if e.SWATestAccuracy != nil || e.SWATestLoss != nil {
		return Average{"swa", e.SWATestLoss, e.SWATestAccuracy, e.SWAValidationLoss, e.SWAValidationAccuracy}
	}
	return Average{"ema", e.EMATestLoss, e.EMATestAccuracy, e.EMAValidationLoss, e.EMAValidationAccuracy}
}

// SetAverage completes the epoch with how well the average of the weights does, under a's name.
func (e *Epoch) SetAverage(a Average) {
	if a.Name == "swa" {
		e.SWATestLoss, e.SWATestAccuracy = a.TestLoss, a.TestAccuracy
		e.SWAValidationLoss, e.SWAValidationAccuracy = a.ValidationLoss, a.ValidationAccuracy
		return
	}
	e.EMATestLoss, e.EMATestAccuracy = a.TestLoss, a.TestAccuracy
	e.EMAValidationLoss, e.EMAValidationAccuracy = a.ValidationLoss, a.ValidationAccuracy
}
