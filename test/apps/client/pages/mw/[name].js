import Probe from "../../components/Probe";

export default function Behind() {
  return <Probe name="behind" />;
}
