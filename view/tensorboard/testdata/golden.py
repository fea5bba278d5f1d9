#!/usr/bin/python3
"""Writes golden.tfevents with Google's protobuf runtime, a CRC computed bit by bit, and nothing of ours.

The field numbers are those of TensorFlow's event.proto, summary.proto, histogram.proto, tensor.proto, tensor_shape.proto.
apt-get install python3-protobuf
"""
import struct

from google.protobuf import descriptor_pb2, descriptor_pool
try:
    from google.protobuf.message_factory import GetMessageClass
except ImportError:
    from google.protobuf.message_factory import MessageFactory
    GetMessageClass = MessageFactory().GetPrototype

F = descriptor_pb2.FieldDescriptorProto
FIELDS = {
    "SessionLog": [("status", 1, F.TYPE_INT32)],
    "PluginData": [("plugin_name", 1, F.TYPE_STRING), ("content", 2, F.TYPE_BYTES)],
    "SummaryMetadata": [("plugin_data", 1, "PluginData")],
    "Dim": [("size", 1, F.TYPE_INT64)],
    "TensorShapeProto": [("dim", 2, ["Dim"])],
    "TensorProto": [("dtype", 1, F.TYPE_INT32), ("tensor_shape", 2, "TensorShapeProto"), ("string_val", 8, [F.TYPE_BYTES])],
    "HistogramProto": [(name, i + 1, F.TYPE_DOUBLE) for i, name in enumerate(["min", "max", "num", "sum", "sum_squares"])]
    + [("bucket_limit", 6, [F.TYPE_DOUBLE]), ("bucket", 7, [F.TYPE_DOUBLE])],
    "Value": [("tag", 1, F.TYPE_STRING), ("simple_value", 2, F.TYPE_FLOAT), ("histo", 5, "HistogramProto"),
              ("tensor", 8, "TensorProto"), ("metadata", 9, "SummaryMetadata")],
    "Summary": [("value", 1, ["Value"])],
    "Event": [("wall_time", 1, F.TYPE_DOUBLE), ("step", 2, F.TYPE_INT64), ("file_version", 3, F.TYPE_STRING),
              ("summary", 5, "Summary"), ("session_log", 7, "SessionLog")],
}

file = descriptor_pb2.FileDescriptorProto(name="golden.proto", package="golden", syntax="proto2")
for name, fields in FIELDS.items():
    message = file.message_type.add(name=name)
    for field, number, kind in fields:
        f = message.field.add(name=field, number=number, label=F.LABEL_OPTIONAL)
        if isinstance(kind, list):
            f.label, kind = F.LABEL_REPEATED, kind[0]
        if isinstance(kind, str):
            f.type, f.type_name = F.TYPE_MESSAGE, ".golden." + kind
        else:
            f.type = kind
            if f.label == F.LABEL_REPEATED and kind == F.TYPE_DOUBLE:
                f.options.packed = True
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Event = GetMessageClass(pool.FindMessageTypeByName("golden.Event"))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def checksum(data):
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def buckets(values):
    above = []
    v = 1.0e-12
    while v < 1.0e20:
        above.append(v)
        v *= 1.1
    above.append(struct.unpack("<d", bytes.fromhex("ffffffffffffef7f"))[0])
    limits = [-v for v in reversed(above)] + [0.0] + above
    counts = [0.0] * len(limits)
    for v in values:
        counts[next(i for i, limit in enumerate(limits) if v < limit)] += 1
    kept = []
    for i, (limit, count) in enumerate(zip(limits, counts)):
        if not (count == 0 and i + 1 < len(counts) and counts[i + 1] == 0):
            kept.append((limit, count))
    return kept


def event(step):
    return Event(wall_time=1700000000.25, step=step)


version, start = event(0), event(7)
version.file_version = "brain.Event:2"
start.session_log.status = 1

weights = [-2.5, -1e-13, 0.0, 0.0, 0.03, 0.031, 1.0, 1e6]
step = event(7)
step.summary.value.add(tag="loss/train").simple_value = 0.1
value = step.summary.value.add(tag="conv1/weight")
h = value.histo
h.min, h.max, h.num, h.sum, h.sum_squares = -2.5, 1e6, 8, sum(weights), sum(w * w for w in weights)
for limit, count in buckets(weights):
    h.bucket_limit.append(limit)
    h.bucket.append(count)

text = event(300)
value = text.summary.value.add(tag="settings")
value.metadata.plugin_data.plugin_name = "text"
value.tensor.dtype = 7
value.tensor.tensor_shape.dim.add(size=1)
value.tensor.string_val.append("rate **0.1**, ε = 1e-5".encode())

with open("golden.tfevents", "wb") as out:
    for e in [version, start, step, text]:
        data = e.SerializeToString(deterministic=True)
        length = struct.pack("<Q", len(data))
        out.write(length + checksum(length) + data + checksum(data))
