export default function handler(request, response) {
  response.json({ hello: request.query });
}
