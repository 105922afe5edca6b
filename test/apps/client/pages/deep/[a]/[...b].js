import Probe from "../../../components/Probe";

export default function Deep() {
  return <Probe name="deep" />;
}
