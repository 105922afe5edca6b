import Probe from "../components/Probe";

export default function Home() {
  return <Probe name="home" />;
}
