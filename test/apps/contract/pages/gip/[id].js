import { Component } from "react";

export default class GipId extends Component {
  static async getInitialProps({ query, asPath, pathname }) {
    return { query, asPath, pathname };
  }

  render() {
    return <pre>{JSON.stringify(this.props)}</pre>;
  }
}
