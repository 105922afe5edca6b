import { Show } from "../show";

export default function Home() {
  return <Show name="home" />;
}
