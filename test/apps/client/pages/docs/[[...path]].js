import Probe from "../../components/Probe";

export default function Docs() {
  return <Probe name="docs" />;
}
