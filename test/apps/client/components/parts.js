export function Named({ label }) {
  return <b id="named">named {label}</b>;
}
export default function Part() {
  return <b id="part">part on {typeof window === "undefined" ? "the server" : "some side"}</b>;
}
