"""What compare does with times: medians of rounds, and tables in Markdown."""
import statistics


class Times:
    """What a contender's rounds measured of one case, in one form of it, such as one of PyTorch's memory formats."""

    def __init__(self, rounds, key):
        self.quiet = any(quiet for _, quiet in rounds)
        self.rounds = [times for times, quiet in rounds if quiet or not self.quiet]
        self.us = min(self.list(key)) if key == "min_us" else self.of(key)
        self.forms = [self]

    def list(self, key):
        return [times[key] for times in self.rounds]

    def of(self, key):
        return statistics.median(self.list(key))

    def mark(self, text):
        return text if self.quiet else "~" + text

    def micros(self):
        return self.mark("%.1f" % self.us if self.us < 1000 else "%.0f" % self.us)

    def images(self, batch):
        return self.mark("%.0f" % (batch / self.us * 1e6))

    def ratio(self, other):
        """How many times faster than other."""
        return (self if other.quiet else other).mark("%.2f" % (other.us / self.us))

    def rate(self):
        """GFLOP/s and, if it is known, their share of the machine's peak: that of the round that found the highest."""
        gflops = self.of("gflops") * self.of("median_us") / self.us
        peak = "–"
        if "peak_gflops" in self.rounds[0]:
            peak = "%.0f %%" % (100 * gflops / max(self.list("peak_gflops")))
        return "%.0f" % gflops, peak

    def each(self):
        """The times of all forms."""
        return " / ".join(form.micros() for form in self.forms)

    def megabytes(self):
        """The peak memory of the process, until the first form was measured."""
        first = self.forms[0]
        return "%.0f" % (first.of("peak_memory_bytes") / 1e6) if "peak_memory_bytes" in first.rounds[0] else "–"


def fastest(forms):
    """The fastest of a contender's forms, or of several contenders."""
    best = min(forms, key=lambda times: times.us)
    best.forms = forms
    return best


class Table:
    def __init__(self, *head):
        self.rows = [head, ["---"] + ["---:"] * (len(head) - 1)]

    def row(self, *cells):
        self.rows.append(cells)

    def print(self):
        for cells in self.rows:
            print("| " + " | ".join(map(str, cells)) + " |")
        print(flush=True)
