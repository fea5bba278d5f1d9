// Runs ONNX files on raw little-endian float32 inputs with onnxruntime: reads jobs from standard input, as JSON
// [{model, shape, input, output}, ...], and writes each one's logits, raw float32, to its output file.
// ONNXRUNTIME names the folder of a node_modules; without it, the one beside this file.
const fs = require("fs");
const ort = require(require.resolve("onnxruntime-node", { paths: [process.env.ONNXRUNTIME || __dirname] }));

(async () => {
  for (const job of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const session = await ort.InferenceSession.create(job.model);
    const raw = fs.readFileSync(job.input);
    const x = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
    const { logits } = await session.run({ input: new ort.Tensor("float32", x, job.shape) });
    fs.writeFileSync(job.output, Buffer.from(logits.data.buffer, logits.data.byteOffset, logits.data.byteLength));
  }
})().catch((e) => {
  console.error(String(e));
  process.exit(1);
});
