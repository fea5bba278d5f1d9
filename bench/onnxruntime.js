// What onnxruntime-node does in place of `mnist bench --mode eval`. Prints one JSON object.
//
// usage: NODE_PATH=node_modules node onnxruntime.js FILE.onnx BATCH SECONDS THREADS
const ort = require("onnxruntime-node");

const [file, batch, seconds, threads] = process.argv.slice(2);

// measure returns the median and the least time of a step, after a tenth of the time to warm up.
async function measure(step, seconds) {
	let times;
	for (const limit of [seconds / 10, seconds]) {
		times = [];
		for (const began = performance.now(); times.length < 3 || performance.now() - began < 1e3 * limit; ) {
			const start = performance.now();
			await step();
			times.push(performance.now() - start);
		}
	}
	times.sort((a, b) => a - b);
	return { median_us: 1e3 * times[times.length >> 1], min_us: 1e3 * times[0] };
}

async function main() {
	const session = await ort.InferenceSession.create(file, {
		intraOpNumThreads: Number(threads), interOpNumThreads: 1, executionMode: "sequential", graphOptimizationLevel: "all",
	});
	const shape = [Number(batch), 1, 28, 28];
	const pixels = Float32Array.from({ length: shape[0] * 784 }, () => 2 * Math.random() - 1);
	const feeds = { input: new ort.Tensor("float32", pixels, shape) };
	console.log(JSON.stringify(await measure(() => session.run(feeds), Number(seconds))));
}

main();
