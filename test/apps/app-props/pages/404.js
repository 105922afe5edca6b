export default function NotFound() {
  return <h1>not here</h1>;
}
