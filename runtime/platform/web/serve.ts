/**
 * For code that answers with Web API objects: a Request that costs little to make,
 * and a Response taken apart without copies.
 */
import { AbortController } from "./abort";
import { Body, streamOf } from "./body";
import { Blob } from "./blob";
import { Headers } from "./headers";
import { Incoming, type RequestHead } from "./request";
import { ReadableStream } from "./streams";
import type { BodyReader, Job } from "../loop";

export { Incoming, type RequestHead };

/** The request of a Job, for the constructor of Request and its heirs. head is asked when somebody looks at the request. */
export function incoming(head: RequestHead, job: Job): Incoming {
  const { body, stream } = job;
  return new Incoming(head, body ?? (stream ? readable(stream) : null), () => {
    const controller = new AbortController();
    job.onAbort(() => controller.abort());
    return controller.signal;
  });
}

function readable(reader: BodyReader): ReadableStream<Uint8Array> {
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

/** Headers as [name, value, ...]. */
export const flatHeaders: (headers: object) => string[] = (headers) => Headers.toFlat(headers as Headers);

/** The body of a response for sending: whole when it is there whole. The response has been read then. */
export function takeBody(response: object): null | string | Uint8Array | ReadableStream<Uint8Array> {
  const source = Body.take(response as Body);
  return source instanceof Blob ? streamOf(source) : source;
}
