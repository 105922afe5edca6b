export default function Home() {
  return <h1>an _error of its own</h1>;
}
