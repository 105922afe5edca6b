export default function loader({ src, width, quality }) {
  return `https://cdn.example.com${src}?w=${width}&q=${quality ?? "auto"}`;
}
