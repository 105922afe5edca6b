export default function Later() {
  return <p id="later">later</p>;
}
