package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"anneal/data/profile"
	"anneal/internal/plural"
	"anneal/runs"
)

const (
	imbalanced = 3  // times as many samples of one class as of another are worth a hint
	maxRows    = 40 // rows of the table of channels or columns
	maxNames   = 5  // categories or columns that a line names
)

// writeProfile prints what a data set holds, counts of classes apart.
func writeProfile(c *console, p *profile.Profile) error {
	fmt.Fprintln(c.stdout)
	t := channelTable(p)
	if len(p.Columns) > 0 {
		t = columnTable(p)
	}
	more := len(t.rows) - 1 - maxRows
	if more > 0 {
		t.rows = t.rows[:1+maxRows]
	}
	if err := t.write(c.stdout); err != nil {
		return err
	}
	if more > 0 {
		fmt.Fprintf(c.stdout, "… and %d more: --format json has all\n", more)
	}
	lines := slices.Concat(targetLines(p), balanceLines(p), constantLines(p), badLines(p), equalLines(p))
	return say(c.stdout, "\n%s\n", strings.Join(lines, "\n"))
}

// digits4 returns a number to four significant digits.
func digits4(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// channelTable has a row for each channel of x, and for each field.
func channelTable(p *profile.Profile) *table {
	t := head(1, "in training", "mean", "deviation", "min", "max")
	for _, n := range p.Train().Numbers {
		t.add(numbersRow(n)...)
	}
	return t
}

func numbersRow(n profile.Numbers) []string {
	if n.Count == 0 {
		return []string{n.Name, "–", "–", "–", "–"}
	}
	return []string{n.Name, digits4(n.Mean), digits4(n.Deviation), digits4(n.Min), digits4(n.Max)}
}

// columnTable has a row for each column of a table.
func columnTable(p *profile.Profile) *table {
	t := head(1, "in training", "missing", "mean", "deviation", "min", "max", "categories")
	for _, c := range p.Columns {
		missing := "–"
		if c.Missing != nil {
			missing = strconv.Itoa(*c.Missing)
		}
		if c.Numbers != nil {
			t.add(slices.Insert(numbersRow(*c.Numbers), 1, missing)...)
			continue
		}
		t.add(c.Name, missing, "", "", "", "", categories(c.Categories))
	}
	return t
}

// categories names the most frequent categories.
func categories(list []profile.Category) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b profile.Category) int { return b.Samples - a.Samples })
	var parts []string
	for i, c := range list {
		if i == maxNames {
			parts = append(parts, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.Samples))
	}
	return strings.Join(parts, ", ")
}

// targetLines say how the numbers to predict are distributed.
func targetLines(p *profile.Profile) []string {
	t := p.Target
	if t == nil {
		return nil
	}
	name := "target"
	if t.Name != name {
		name += " " + t.Name
	}
	q := t.Quartiles
	return []string{fmt.Sprintf(
		"%s: mean %s, deviation %s, from %s to %s, half of them between %s and %s, median %s",
		name, digits4(t.Mean), digits4(t.Deviation), digits4(q[0]), digits4(q[4]), digits4(q[1]), digits4(q[3]),
		digits4(q[2]))}
}

// balanceLines say how many more training samples one class has than another, and what to do about that.
func balanceLines(p *profile.Profile) (lines []string) {
	counts := p.Train().Classes
	if len(counts) == 0 {
		return nil
	}
	name := func(class int) string { return runs.ClassName(p.Names, class) }
	most, least, total := 0, -1, 0
	var none []string
	for class, n := range counts {
		total += n
		if n > counts[most] {
			most = class
		}
		switch {
		case n == 0:
			none = append(none, name(class))
		case least < 0 || n < counts[least]:
			least = class
		}
	}
	if len(none) > 0 {
		lines = append(lines, fmt.Sprintf("classes: no training samples of %s", listed(none)))
	}
	if least < 0 {
		return lines
	}
	if counts[least] == counts[most] {
		return append(lines, fmt.Sprintf("classes: %s of each", plural.Of(counts[most], "training sample")))
	}
	times := float64(counts[most]) / float64(counts[least])
	text := fmt.Sprintf("classes: %s has the fewest training samples, %d, and %s the most, %d",
		name(least), counts[least], name(most), counts[most])
	if times >= imbalanced {
		text += fmt.Sprintf(", %s times as many; whatever says %s is right in %.1f%%: --sample balanced or --class-weights "+
			"balanced counts all classes alike, and --metrics f1 says more than the accuracy",
			digits4(times), name(most), 100*float64(counts[most])/float64(total))
	}
	return append(lines, text)
}

// constantLines say what the network cannot learn from.
func constantLines(p *profile.Profile) []string {
	size := 1
	for _, n := range p.Shape {
		size *= n
	}
	if len(p.Columns) > 0 {
		var names []string
		for _, c := range p.Columns {
			if c.Constant {
				names = append(names, c.Name)
			}
		}
		if len(names) == 0 {
			return []string{"constant: no column has one value in all training samples"}
		}
		return []string{fmt.Sprintf("constant: %s the same in all training samples: drop=%s leaves %s out",
			listed(names)+are(len(names)), strings.Join(names, ","), them(len(names)))}
	}
	n := len(p.Train().Constant)
	if n == 0 {
		return []string{"constant: no number of x is the same in all training samples"}
	}
	return []string{fmt.Sprintf("constant: %d of the %d numbers of x%s the same in all training samples", n, size, are(n))}
}

func are(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// badLines say what could not be read, and which numbers are none.
func badLines(p *profile.Profile) (lines []string) {
	unread := p.Skipped
	for _, part := range p.Parts {
		unread += part.Unreadable
	}
	if unread > 0 {
		lines = append(lines, fmt.Sprintf("bad: %s could not be read", plural.Of(unread, "sample")))
	}
	for _, part := range p.Parts {
		for _, n := range part.Numbers {
			if n.NaN+n.Inf > 0 {
				lines = append(lines, fmt.Sprintf("bad: %s in %s: %d NaN, %d infinite", n.Name, part.Name, n.NaN, n.Inf))
			}
		}
	}
	return lines
}

// equalLines say which samples are equal.
func equalLines(p *profile.Profile) (lines []string) {
	for _, e := range p.Equal {
		first, what := e.Examples[0], "also in "+e.Of
		if e.Part == e.Of {
			what = "there before"
		}
		text := fmt.Sprintf("equal: %s of %s%s %s: the first is %s %d, equal to %s %d",
			plural.Of(e.Samples, "sample"), e.Part, are(e.Samples), what, e.Part, first[0], e.Of, first[1])
		if e.Of == "train" && e.Part != e.Of {
			text += fmt.Sprintf("; a network has seen %s, so results are better than on new samples", them(e.Samples))
		}
		lines = append(lines, text)
	}
	if len(p.Equal) == 0 {
		lines = append(lines, "equal: no two samples have the same x")
	}
	if n := p.Conflicts.Samples; n > 0 {
		e := p.Conflicts.Examples[0]
		text := fmt.Sprintf("equal: %d of them are to be learnt differently, such as %s %d and %s %d",
			n, e.Parts[0], e.Samples[0], e.Parts[1], e.Samples[1])
		if p.Train().Classes != nil {
			text += fmt.Sprintf(", %s and %s", runs.ClassName(p.Names, e.Labels[0]), runs.ClassName(p.Names, e.Labels[1]))
		}
		lines = append(lines, text)
	}
	return lines
}

// listed joins the first names.
func listed(names []string) string {
	if more := len(names) - maxNames; more > 1 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
