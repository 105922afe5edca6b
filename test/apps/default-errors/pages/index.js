export default function Home() {
  return <h1>no error pages of its own</h1>;
}
