import http from "node:http";

/** What an app of Express does with the request and the response, in short. */
export default function app(req: object, res: object) {
  Object.setPrototypeOf(req, app.request);
  Object.setPrototypeOf(res, app.response);
  (res as typeof app.response).answer(req as http.IncomingMessage);
}

app.request = Object.create(http.IncomingMessage.prototype) as http.IncomingMessage;

app.response = Object.assign(Object.create(http.ServerResponse.prototype) as http.ServerResponse, {
  answer(this: http.ServerResponse & { status(code: number): { send(body: unknown): void } }, req: http.IncomingMessage) {
    this.setHeader("X-Asked", `${req.method} ${req.url} ${req.headers["content-type"]}`);
    this.status(201).send({ socket: typeof req.socket, sent: this.headersSent, asked: this.getHeader("x-asked") });
  },
  status() {
    throw new Error("the helpers of API routes come first");
  },
});
