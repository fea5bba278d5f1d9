package tensorboard

import "anneal/runs"

// diagnostics returns the scalars of a Diagnostics.
func diagnostics(e runs.Diagnostics) []Value {
	var values []Value
	add := func(tag string, x *float64) {
		if x != nil {
			values = append(values, Scalar(tag, *x))
		}
	}
	add("loss/recalibrated_test", e.RecalibratedTestLoss)
	add("accuracy/recalibrated_test", e.RecalibratedTestAccuracy)
	for _, l := range e.Layers {
		for i, percentile := range []string{"_p15/", "_p50/", "_p85/"} {
			if len(l.PreActivation) == 3 {
				add("pre_activation"+percentile+l.Layer, &l.PreActivation[i])
			}
			if len(l.Gradient) == 3 {
				add("gradient"+percentile+l.Layer, &l.Gradient[i])
			}
		}
		add("gradient_zeros/"+l.Layer, l.GradientZeros)
		add("dead/"+l.Layer, l.Dead)
		add("weight_norm/"+l.Layer, l.WeightNorm)
		add("update_ratio/"+l.Layer, l.UpdateRatio)
		add("mean_gap/"+l.Layer, l.MeanGap)
		add("var_gap/"+l.Layer, l.VarGap)
	}
	return values
}
