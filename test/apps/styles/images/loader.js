export default function loader({ src, width, quality }) {
  return `/pictures${src}?width=${width}&quality=${quality || 75}`;
}
