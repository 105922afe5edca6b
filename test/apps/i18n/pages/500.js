import { Show } from "../show";

export default function Failed() {
  return <Show name="500" />;
}
