import { Show } from "../show";

export default function About() {
  return <Show name="about" />;
}
