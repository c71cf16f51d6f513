import Primitives

/// A network card, which sends and receives one frame at a time.
struct NetworkCard {
  let bytePicoseconds: Int64
  var sendsUntil = Instant.zero
  var receivesUntil = Instant.zero
}

/// The stations of a network card, one for each direction.
struct CardStations {
  var sending: Station
  var receiving: Station

  init(node: String, isOfClient: Bool) {
    sending = Station(node: node, kind: .networkOut, servers: 1, isOfClient: isOfClient)
    receiving = Station(node: node, kind: .networkIn, servers: 1, isOfClient: isOfClient)
  }
}
