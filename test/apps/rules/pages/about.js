import { Seen } from "../lib/page";

export default function Page() {
  return <Seen name="about" />;
}
