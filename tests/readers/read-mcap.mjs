// Reads an MCAP file with the format's own JavaScript library, by index and as a stream, decodes every protobuf
// message by the descriptor inside the file, and prints what it found as JSON. Knows nothing of ClosedLoop.
//   node read-mcap.mjs FILE
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import { FileHandleReadable } from "@mcap/nodejs";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";

const path = process.argv[2];

/** Feeds one decoded value to a hash, in a form that C# can repeat: little-endian, every NaN the same. */
function hashValue(hash, type, value) {
  if (type === "bytes" || type === "string") return void hash.update(value);
  if (type === "google.protobuf.Timestamp" || type === ".google.protobuf.Timestamp") {
    hashValue(hash, "sfixed64", value.seconds);
    return hashValue(hash, "sfixed32", value.nanos);
  }
  const bytes = Buffer.alloc(type === "sfixed32" || type === "float" ? 4 : 8);
  if (type === "double") bytes.writeDoubleLE(value);
  else if (type === "float") bytes.writeFloatLE(value);
  else if (type === "sfixed32") bytes.writeInt32LE(value);
  else if (type === "sfixed64") bytes.writeBigInt64LE(BigInt(value.toString()));
  else throw new Error(`a field has the unexpected type ${type}`);
  hash.update(Number.isNaN(value) ? "NaN" : bytes);
}

/** Counts and hashes messages a topic, by the definitions that are handed to it. */
class Summary {
  schemas = new Map();
  channels = new Map();
  topics = {};

  define(record) {
    if (record.type === "Schema") this.schemas.set(record.id, record);
    if (record.type === "Channel") this.channels.set(record.id, record);
  }

  add(message) {
    const channel = this.channels.get(message.channelId);
    const schema = this.schemas.get(channel.schemaId);
    const topic = (this.topics[channel.topic] ??= { count: 0, hash: createHash("sha256") });
    if (message.sequence !== topic.count) throw new Error(`${channel.topic}: message ${topic.count} has the sequence ${message.sequence}`);
    topic.count++;
    topic.logTime = message.logTime.toString();
    topic.publishTime = message.publishTime.toString();
    if (channel.messageEncoding === "json") {
      topic.last = JSON.parse(Buffer.from(message.data).toString());
      topic.hash.update(message.data);
      return;
    }
    schema.decoder ??= protobuf.Root.fromDescriptor(descriptor.FileDescriptorSet.decode(schema.data)).lookupType(schema.name);
    const decoded = schema.decoder.decode(message.data);
    for (const field of [...schema.decoder.fieldsArray].sort((a, b) => a.id - b.id))
      for (const value of field.repeated ? decoded[field.name] : [decoded[field.name]]) hashValue(topic.hash, field.type, value);
    topic.last = schema.decoder.toObject(decoded, { longs: String, bytes: String, defaults: true });
  }

  toJSON() {
    return Object.fromEntries(
      Object.entries(this.topics).map(([name, topic]) => [name, { ...topic, hash: topic.hash.digest("hex") }]),
    );
  }
}

async function readByIndex() {
  const handle = await open(path, "r");
  const reader = await McapIndexedReader.Initialize({ readable: new FileHandleReadable(handle) });
  const summary = new Summary();
  reader.schemasById.forEach((schema) => summary.define(schema));
  reader.channelsById.forEach((channel) => summary.define(channel));
  for await (const message of reader.readMessages({ validateCrcs: true })) summary.add(message);
  const metadata = {};
  for await (const record of reader.readMetadata()) metadata[record.name] = Object.fromEntries(record.metadata);
  const attachments = {};
  for await (const record of reader.readAttachments({ validateCrcs: true }))
    attachments[record.name] = { mediaType: record.mediaType, sha256: createHash("sha256").update(record.data).digest("hex") };
  const statistics = reader.statistics;
  const result = {
    topics: summary.toJSON(), metadata, attachments, library: reader.header.library,
    chunks: reader.chunkIndexes.length, messages: Number(statistics.messageCount), channels: statistics.channelCount,
  };
  await handle.close();
  return result;
}

async function readAsStream() {
  const reader = new McapStreamReader({ includeChunks: true, validateCrcs: true });
  const summary = new Summary();
  const records = {};
  for await (const block of createReadStream(path)) {
    reader.append(block);
    for (let record; (record = reader.nextRecord()); ) {
      records[record.type] = (records[record.type] ?? 0) + 1;
      summary.define(record);
      if (record.type === "Message") summary.add(record);
    }
  }
  return { topics: summary.toJSON(), records, done: reader.done() };
}

// A file without index can be read as a stream alone.
const stream = await readAsStream();
const indexed = stream.done ? await readByIndex() : null;
console.log(JSON.stringify({ indexed, stream }));
