import OrderedCollections
import Primitives
import Wire

/// Requests that are sent several times, and whose responses are collected.
extension Admin {
  /// Sends a request for each key. Completes with all results, in the order of the keys.
  func forEach<Key, Value>(
    _ keys: [Key], _ completion: @escaping ([(key: Key, result: Result<Value, AdminError>)]) -> Void,
    _ ask: (_ key: Key, _ done: @escaping (Result<Value, AdminError>) -> Void) -> Void
  ) {
    guard !keys.isEmpty else { return completion([]) }
    var results: [Result<Value, AdminError>?] = Array(repeating: nil, count: keys.count)
    for (index, key) in keys.enumerated() {
      ask(key) { result in
        results[index] = result
        guard results.allSatisfy({ $0 != nil }) else { return }
        completion(zip(keys, results).map { ($0, $1 ?? .failure(.missingInResponse)) })
      }
    }
  }

  /// Asks all brokers. Completes with everything that they list, each id once and in ascending order, or with the first error.
  func listEverywhere<Request: ApiRequest, Listing>(
    _ request: Request, error: @escaping (Request.Response) -> ErrorCode, listings: @escaping (Request.Response) -> [Listing],
    id: @escaping (Listing) -> String, _ completion: @escaping (Result<[Listing], AdminError>) -> Void
  ) {
    describeCluster { [weak self] result in
      switch result {
      case .failure(let error): completion(.failure(error))
      case .success(let description):
        self?.list(at: description.brokers.map(\.endpoint.id), request, error: error, listings: listings, id: id, completion)
      }
    }
  }

  private func list<Request: ApiRequest, Listing>(
    at brokers: [NodeID], _ request: Request, error: @escaping (Request.Response) -> ErrorCode, listings: @escaping (Request.Response) -> [Listing],
    id: @escaping (Listing) -> String, _ completion: @escaping (Result<[Listing], AdminError>) -> Void
  ) {
    guard !brokers.isEmpty else { return completion(.success([])) }
    var results: [Result<[Listing], AdminError>] = []
    for broker in brokers {
      call(.broker(broker)) { _ in request } error: { (error($0), nil) } _: { result in
        results.append(result.map(listings))
        guard results.count == brokers.count else { return }
        do throws(AdminError) {
          var listed: OrderedDictionary<String, Listing> = [:]
          for result in results { for listing in try result.get() { listed[id(listing)] = listing } }
          completion(.success(listed.values.sorted { id($0) < id($1) }))
        } catch {
          completion(.failure(error))
        }
      }
    }
  }
}
