"""Who compare lets take turns: this module, PyTorch and ONNX Runtime. Each is measured in a process of its own.

What measures a case returns case → form → times. PyTorch's forms are its memory formats; the others have one form,
"".
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ONNXRUNTIME = "1.30.0"


def output(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def version(python):
    """The version of a python's PyTorch, or None."""
    try:
        found = subprocess.run([python, HERE / "pytorch.py", "version"], text=True, capture_output=True,
                               cwd=HERE.parent)
        return json.loads(found.stdout)["version"].split("+")[0] if found.returncode == 0 else None
    except OSError:
        return None


class Module:
    """A commit of this module, built in a folder."""

    def __init__(self, folder, seconds):
        self.folder, self.seconds = folder, seconds

    def build(self, source):
        output("go", "build", "-o", self.folder / "mnist", "./cmd/mnist", cwd=source)
        for package in ("graph", "models"):
            output("go", "test", "-c", "-o", self.folder / (package + ".test"), "./" + package, cwd=source)

    def build_commit(self, revision):
        self.folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as tree:
            output("git", "worktree", "add", "--detach", "--force", tree, revision, cwd=HERE.parent)
            try:
                self.build(tree)
            finally:
                output("git", "worktree", "remove", "--force", tree, cwd=HERE.parent)

    def knows(self, model, shape):
        """Whether mnist bench has the model, and takes images of that shape."""
        return model.split("(")[0] in output(self.folder / "mnist", "models").split() and (
            shape == "1,28,28" or "--shape" in output(self.folder / "mnist", "bench", "--help"))

    def parameters(self, model, shape):
        return json.loads(output(self.folder / "mnist", "summary", "--model", model, "--shape", shape,
                                 "--format", "json"))["trainable"]

    def bench(self, mode, model, shape, batch, processors=2, kernels=""):
        """Measures a model of the registry. An older commit's command has no --shape."""
        command = ["--format", "json", "--mode", mode, "--model", model, "--batch", batch, "--seconds", self.seconds]
        if shape != "1,28,28":
            command += ["--shape", shape]
        result = json.loads(output(self.folder / "mnist", "bench", *command,
                                   env=os.environ | {"GOMAXPROCS": str(processors), "ANNEAL_KERNELS": kernels}))
        return {model: {"": result | result["modes"][0]}}

    def benchmark(self, package, name, only=""):
        """Measures the cases of a Go benchmark, or those only that a pattern matches."""
        pattern = "^%s$/%s" % (name, only)
        text = output(self.folder / (package + ".test"), "-test.run", "^$", "-test.bench", pattern, "-test.benchtime",
                      "%gs" % self.seconds, env=os.environ | {"GOMAXPROCS": "2"})
        result = {}
        for case, metrics in re.findall(r"^%s/(\S+)-2\s+\d+\s+(.*)$" % name, text, re.M):
            value = {unit: float(number) for number, unit in re.findall(r"(\S+) (\S+)", metrics)}
            result[case] = {"": {
                "median_us": value["ns/op"] / 1e3, "min_us": value["min-ns/op"] / 1e3, "gflops": value["GFLOP/s"],
                "allocations": value.get("allocs/op", 0), "parameters": value.get("parameters", 0)}}
        return result

    def layers(self):
        return self.benchmark("graph", "BenchmarkLayer")

    def steps(self, only):
        return self.benchmark("models", "BenchmarkStep", only)


class Torch:
    """A python that has PyTorch."""

    def __init__(self, name, python, **environment):
        self.name, self.python, self.environment = name, python, environment

    def measure(self, seconds, *what):
        """What pytorch.py prints."""
        command = [self.python, HERE / "pytorch.py", *what, seconds, 2]
        return json.loads(output(*command, env=os.environ | self.environment, cwd=HERE.parent))


def torches(tmp, others):
    """The machine's own PyTorch, as it is and with OpenBLAS, and those of other pythons."""
    found = []
    for python in ("/usr/bin/python3", sys.executable):
        if number := version(python):
            found.append(Torch("PyTorch " + number, python))
            break
    else:
        print("Without the machine's PyTorch: there is no python3-torch here.\n")
    if found:
        unpacked = tmp / "openblas"
        try:
            if not unpacked.exists():
                subprocess.run(["apt-get", "download", "-qq", "libopenblas0-pthread"], check=True, cwd=tmp,
                               capture_output=True)
                output("dpkg", "-x", next(tmp.glob("libopenblas0-pthread*.deb")), unpacked)
            library = next(unpacked.glob("usr/lib/*/openblas-pthread/libblas.so.3"))
            name = next(unpacked.glob("usr/lib/*/*/libopenblasp-r*.so")).name[len("libopenblasp-r"):-3]
            found.append(Torch("%s + OpenBLAS %s" % (found[0].name, name), python, LD_PRELOAD=str(library),
                               OPENBLAS_NUM_THREADS="1"))
        except (OSError, subprocess.CalledProcessError, StopIteration):
            print("Without OpenBLAS: apt-get cannot download libopenblas0-pthread here.\n")
    for python in others:
        number = version(python)
        if number is None:
            sys.exit("compare: --torch %s: it cannot import torch: want a python with PyTorch, or a script that "
                     "runs one" % python)
        name = "PyTorch " + number
        found.append(Torch(name if name not in [t.name for t in found] else "%s (%s)" % (name, python), python))
    return found


class ONNXRuntime:
    """onnxruntime-node from npm, on a model that PyTorch has written."""

    name = "ONNX Runtime " + ONNXRUNTIME

    def __init__(self, tmp, torch):
        self.tmp, self.model = tmp, tmp / "lenet-bn.onnx"
        if not (tmp / "node_modules").exists():
            output("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", tmp,
                   "onnxruntime-node@" + ONNXRUNTIME)
        output(torch.python, HERE / "pytorch.py", "onnx", "lenet-bn", self.model, stderr=subprocess.DEVNULL)

    def measure(self, seconds, batch):
        text = output("node", HERE / "onnxruntime.js", self.model, batch, seconds, 2,
                      env=os.environ | {"NODE_PATH": str(self.tmp / "node_modules")})
        return {"lenet-bn": {"": json.loads(text)}}


def onnxruntime(tmp, torch):
    """ONNX Runtime, or None where it cannot be."""
    if not torch or not shutil.which("node") or not shutil.which("npm"):
        print("Without ONNX Runtime: it takes node, npm, and PyTorch to write the model.\n")
        return None
    try:
        return ONNXRuntime(tmp, torch)
    except subprocess.CalledProcessError:
        print("Without ONNX Runtime: npm cannot install onnxruntime-node %s here.\n" % ONNXRUNTIME)
        return None
