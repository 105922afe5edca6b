export default function Plain() {
  return <p>TREASURE-plain</p>;
}
