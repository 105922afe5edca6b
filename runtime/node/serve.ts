/** The exports of platform/web/serve.ts, for the Web API objects of Node.js. */
import type { BodyReader, Job } from "../platform/loop";
import type { RequestHead } from "../platform/web/request";

export type { RequestHead };

// Node.js has the classes; the platform knows their types.
type Stream = import("../platform/web/streams").ReadableStream<Uint8Array>;
declare const ReadableStream: typeof import("../platform/web/streams").ReadableStream;
declare const AbortController: typeof import("../platform/web/abort").AbortController;
declare const Request: new (url: string, init: object) => object;

function readable(reader: BodyReader): Stream {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await reader.read();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}

/** The request of a Job, for the constructor of Request and its heirs. */
export function incoming(head: RequestHead, job: Job): object {
  const { url, method, headers } = head;
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([headers[i]!, headers[i + 1]!]);
  const controller = new AbortController();
  job.onAbort(() => controller.abort());
  const body = method === "GET" || method === "HEAD" ? undefined : (job.body ?? (job.stream ? readable(job.stream) : undefined));
  return new Request(url, { method, headers: pairs, body, signal: controller.signal, duplex: "half" });
}

/** Headers as [name, value, ...]. */
export const flatHeaders: (headers: object) => string[] = (headers) => [...(headers as Iterable<[string, string]>)].flat();

/** The body of a response for sending. */
export const takeBody: (response: object) => Stream | null = (response) => (response as { body: Stream | null }).body;
