/** node:stream/consumers. */
import { Blob } from "../web/blob";

type Source = AsyncIterable<unknown>;

async function collect(stream: Source): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(typeof chunk === "string" ? __native.encode(chunk) : (chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}

export const consumersModule = {
  arrayBuffer: async (stream: Source): Promise<ArrayBuffer> => {
    const bytes = await collect(stream);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  },
  blob: async (stream: Source): Promise<Blob> => new Blob([await collect(stream)]),
  buffer: collect,
  json: async (stream: Source): Promise<unknown> => JSON.parse(__native.decode(await collect(stream), false)),
  text: async (stream: Source): Promise<string> => __native.decode(await collect(stream), false),
};
