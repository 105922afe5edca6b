export default function ServerError() {
  return <h1>Our own 500</h1>;
}
