package schedules

import "testing"

// A line as tutorials have it reads the same with and without what changes no rate.
func TestParseIgnoresWhatChangesNoRate(t *testing.T) {
	for text, want := range map[string]string{
		"optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.5, verbose=True)": "StepLR(step_size=5, gamma=0.5)",
		"ExponentialLR(0.9, last_epoch=-1, verbose=False)":                           "ExponentialLR(gamma=0.9)",
		"ChainedScheduler([ConstantLR(verbose=True), ExponentialLR(0.9)])": "ChainedScheduler(" +
			"schedulers=[ConstantLR(), ExponentialLR(gamma=0.9)])",
	} {
		s, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if s.String() != want {
			t.Errorf("%s: got %s, want %s", text, s, want)
		}
	}
	for _, text := range []string{"StepLR(5, last_epoch=3)", "StepLR(5, verbose=2)"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
