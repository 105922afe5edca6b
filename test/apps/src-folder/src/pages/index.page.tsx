import { Title } from "parts/Title";
import { Title as Same } from "~/parts/Title";

export default function Home() {
  return (
    <Title>
      {process.env.NAMED} {String(Title === Same)}
    </Title>
  );
}
