import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles ListGroups: only the groups that this broker coordinates, so clients ask every broker for those of the whole cluster.
  func handleListGroups(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ListGroupsRequest.self) else { return }
    var response = ListGroupsResponse()
    for partition in groups.runtime.numbers {
      let listed = groups.runtime.read(from: partition) { decided, committed throws(Refusal) in
        decided.list(states: request.statesFilter, types: request.typesFilter, committed: committed)
      }
      switch listed {
      case .success(let groups): response.groups += groups
      case .failure(let refusal) where refusal.code == .notCoordinator: continue
      case .failure(let refusal):
        response.errorCode = refusal.code.asToldByCoordinator
        response.groups = []
        return incoming.respond(response)
      }
    }
    incoming.respond(response)
  }

  func handleDescribeGroups(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeGroupsRequest.self) else { return }
    var response = DescribeGroupsResponse()
    response.groups = request.groups.map { id in
      let described = groups.runtime.read(from: groups.partition(of: id)) { decided, committed throws(Refusal) in
        decided.describe(id, version: incoming.version, committed: committed)
      }
      var entry = DescribeGroupsResponse.DescribedGroup()
      entry.groupId = id
      switch described {
      case .success(let group):
        entry = group
        if request.includeAuthorizedOperations, group.errorCode == .none { entry.authorizedOperations = AuthorizedOperations.group }
      case .failure(let refusal):
        entry.errorCode = refusal.code.asToldByCoordinator
      }
      return entry
    }
    incoming.respond(response)
  }

  /// Handles DeleteGroups: groups of one partition of the coordinator's topic are deleted together, the rest separately.
  func handleDeleteGroups(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DeleteGroupsRequest.self) else { return }
    var partitions: [(number: Int32, groups: [String])] = []
    for id in request.groupsNames.withoutRepetitions {
      let number = groups.partition(of: id)
      if let place = partitions.firstIndex(where: { $0.number == number }) { partitions[place].groups.append(id) } else { partitions.append((number, [id])) }
    }
    let answers = PendingAnswers<[DeleteGroupsResponse.DeletableGroupResult]>(count: partitions.count) { answers in
      var response = DeleteGroupsResponse()
      response.results = answers.flatMap { $0 }
      incoming.respond(response)
    }
    for (place, partition) in partitions.enumerated() {
      groups.runtime.write(to: partition.number) { shard, _ throws(Refusal) in shard.delete(partition.groups) } answer: { result in
        switch result {
        case .success(let results): answers[place] = results
        case .failure(let refusal):
          answers[place] = partition.groups.map { id in
            var entry = DeleteGroupsResponse.DeletableGroupResult()
            (entry.groupId, entry.errorCode) = (id, refusal.code.asToldByCoordinator)
            return entry
          }
        }
      }
    }
  }
}
