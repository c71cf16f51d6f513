/// The rare places of Core that a trial may pass: branches that a calm run never takes. Each is counted where it stands in the code (`mark`), so that people know
/// what their trials exercised. What each means stands in `Mark+Facts.swift`.
public enum Mark: Int, CaseIterable, Sendable {
  // Log
  case epochCheckpointOvertaken, epochsWrittenAfterClose, unfinishedSwapDropped, unfinishedSwapCompleted, tornTailCut, segmentDropped, syncedSegmentDistrusted
  case holeBetweenSegments, overlappingSegments, epochsBeyondRecoveryPoint, producerSnapshotDistrusted, segmentShorterThanIndex, logStartNotBelieved
  case logEndsBeforeStart, logEndMissing, epochsTakenFromRecords, recoveryPointBeyondEnd, epochCheckpointUnreadable, checkpointOvertaken, checkpointFailed
  case checkpointUnreadable, partitionDirectoryMissing, highWatermarkBeyondCleanLog, topicIDConflict, strayLogSetAside, duplicateBatchRecognised
  case batchOfNewerEpochLeftOut, fetchedBatchDamaged, compactionOvertaken, wholeLogExpired, emptySegmentRolled, segmentBehindGap
  case epochsCutWithoutRecords, truncationBelowLog, truncationAcrossSegments, logEmptied, truncationBelowRecoveryPoint, damageFoundByReader, logOffline
  case verificationOfFormerEpoch, producerSnapshotUnreadable, batchOfFormerProducerEpoch, plainBatchInTransaction, transactionNotVerified
  case sequenceBehindVerification, newEpochBeginsLate, sequenceOutOfOrder, markerOfFormerEpoch, markerRepeated, markerOfFormerCoordinator, producerExpired
  case verificationOvertaken, compactionAbandoned, compactionInterrupted, offsetMapFull, compactionLeftNoRecord, truncationBelowCleaned, logLeftUncleaned
  // Raft
  case leaderHeardOfNewerEpoch, followerLostLeader, leaderLostMajority, preVoteAsked, candidacyOvertaken, voteDenied, voteArrivedLate, voteRequestRefused
  case voteRefusedForStaleLog, voteRefusedToSecond, prospectiveGaveWay, formerLeaderRefused, leaderEndedItsEpoch, metadataFetchUnanswered, metadataLogDiverged
  case metadataEpochsForgotten, leaderResignedWhileFollowed, committedMetadataLost, metadataSyncOvertaken, proposalLostWithLeadership, metadataFetchOfOtherEpoch
  case metadataFetchAtFollower, metadataDivergenceAnswered, snapshotOffered, leaderShutDown, quorumStateUnreadable, snapshotBehindCommitted
  case snapshotAlreadyStored, snapshotFetchOvertaken, snapshotFetchUnanswered, snapshotDeletedWhileFetched, snapshotDamagedInTransit, snapshotAdopted
  case snapshotFetchOfOtherEpoch, snapshotGone, newestSnapshotDamaged, snapshotOutlivedItsLog, snapshotLoaded, metadataLogCleaned, snapshotAbandoned
  // Controller
  case leaderMovedByReassignment, leaderAheadOfController, isrChangeOfFormerLeader, isrChangeOutdated, isrMemberFenced, isrMemberOfFormerLife
  case sessionsExpireTogether, requestOfFormerBrokerEpoch, partitionWithoutActiveBroker, logDirectoryFailed, electionWithoutCandidate, preferredLeaderElected
  case heartbeatOfUnknownBroker, heartbeatOfFormerEpoch, fencedBrokerStopped, controlledShutdownWaits, brokerSessionExpired, leaderChosenBySurvey
  case uncleanElection, eligibleLeaderElected, preferredLeaderUnfit, lastKnownLeaderElected, noLeaderElectable, isrBelowMinimum, reassignmentCompleted
  case epochRaisedByReassignment, replacedDiskCaughtUp, reassignmentReplaced, reassignmentNotCancelled, reassignmentCancelled, secondIncarnationRefused
  case brokerRegisteredAgain, uncleanShutdownDetected, requestAtStandbyController, decisionTooLarge, decisionLostWithLeadership, controllerResigned
  // Replication
  case sessionEndedByLeader, fetchAnswerForOtherOffset, fetchAnswerOfFormerEpoch, followerOutOfRange, followerFetchRefused, followerFenced
  case fetchedRecordsRefused, divergenceReceived, epochUnknownToLeader, leaderLogShorter, leaderLogStartsLater, leaderAddressChanged, replicaRecreatedInSession
  case followerSessionRefused, followerFetchUnanswered, isrExpansionProposed, isrShrinkingProposed, isrAnswerOutdated, isrProposalWithdrawn, isrProposalKept
  case isrAnswerTooLate, isrProposalRepeated, appendWhileOffline, appendAtFollower, appendRefusedForISR, logStartFollowed, logStartsInsideBatch
  case highWatermarkCut, divergenceInUnknownEpoch, highWatermarkWaitsForISR, isrProposalSettledByMetadata, isrProposalLostWithLeadership, replicaOffline
  case leadershipEnded, requestOfOtherEpoch, requestAtFollower, noCloserReplicaFit, consumerSentToCloserReplica, fetchOfUnassignedReplica, fetchOfFormerLife
  case divergenceAnswered, fetchBelowLogStart, fetchBeyondLogEnd, readFailed, fetchedEpochUnknown, sessionEndedWhileWaiting, fetchSessionEvicted
  case noRoomForFetchSession, fetchSessionReopened, fetchSessionUnknown, fetchSessionEpochWrong, appendToMissingReplica, appendBelowMinimumISR
  case coordinatorAppendTooLate, deletionBeyondHighWatermark, endOffsetNotKnownYet, replicaNotOpened, followerWithoutLeader, deletionTimedOut, appendTimedOut
  case appendWaitsWhenLeadershipEnds, fetchWaitsWhenLogIsCut
  // Broker
  case markerOrderReplaced, markerOrderOfFormerEpoch, markerForDeletedTopic, markerLeaderUnreachable, markersUnanswered, markerRefusedForNow
  case markerRefusedForGood, completionRepeated, markerOrderTooLate, markerForMissingReplica, writeRefusedByVerification, verificationOvertakenWhileWaiting
  case verificationReplaced, verificationUnanswered, firstWriteWaitsForLastEnd, verificationWithoutCoordinator, controllerUnknown, controllerMoved
  case controllerUnreachable, forwardedRequestTimedOut, isrProposalWithoutController, producerIDsUsedUp, producerIDsUnavailable, shutdownBeforeRunning
  case shutdownWithoutController, registrationWaitsForFormerLife, heartbeatRefused, shutdownBeforeServing, requestDuringShutdown, logOfDeletedTopicFound
  case snapshotLoadedWhileServing, manyReplicasChanged
  // Groups
  case groupFull, groupProtocolMismatch, memberRefusedToJoin, joinRepeated, memberCameDuringFirstDelay, joinReplaced, staticMemberReplaced
  case staticMemberBackDuringRebalance, groupMovedWhileJoining, groupMovedWhileSyncing, rebalanceInterrupted, firstDelayExtended, memberMissedRebalance
  case onlyStaticMembersLeft, groupLeaderReplaced, syncRefused, syncDuringNextRebalance, assignmentTooLate, assignmentNotRecorded, heartbeatOfFormerGeneration
  case commitOfFormerGeneration, commitBehindMembers, joinNeverCompleted, memberSessionEnded, memberNeverSynced, staticMemberFenced, memberUnknown
  case memberEpochAhead, memberEpochFenced, memberEpochRepeated, classicMemberSentBack, classicMemberToldToJoin, staticMemberAway, instanceStillOwned
  case staticMemberTakenOver, groupUpgraded, groupDowngraded, commitOfOtherMemberEpoch, commitAfterPartitionMoved, commitOfFormerEpochTaken
  case offsetsReadInFormerEpoch, patternMatchesOtherTopics, memberStateUnknown, revocationAsked, memberWaitsForRelease, consumerSessionEnded, revocationTimedOut
  case heartbeatForClassicGroup, heartbeatForUnknownGroup, commitRefused, committedOffsetExpired, transactionalCommitRefused, rebalanceAfterLoad
  // Transactions
  case producerFencedByAbort, completionOfForgottenID, completionTooLate, endWhileUncommitted, endOfFormerEpochInVersion1, endRepeatedInVersion1
  case endWhileEndingInVersion1, endWhilePending, endTooLate, endRepeated, commitOfAborted, emptyTransactionAborted, producerEpochsUsedUp, initWhilePending
  case initOfFormerProducer, initWhileEnding, openTransactionFenced, producerIDRotated, initOfFormerEpoch, noProducerIDHeld, addWhilePending, addOfFormerEpoch
  case partitionAddedTwice, verifyWhileUncommitted, verifyOfFormerEpoch, verifyWhileEnding, decisionCommittedLate, transactionTimedOut, transactionalIDExpired
  case transactionResumed, decisionUncommitted, decisionNotWritten, fenceKeptUnwritten
  // Coordination
  case loadWithoutLeadership, uncommittedRecordLoaded, coordinatorLoadFailed, markerAtFormerCoordinator, coordinatorEpochRaised, coordinatorUnloaded
  case coordinatorUnloadedWithRequests, offsetsReadBeforeCommit, requestBeforeLoad, requestAtWrongCoordinator, requestWhileLoading
  case answerWaitsForEarlierDecision, coordinatorAppendRefused, coordinatorCommitTimedOut
  // Client
  case topicLostMetadata, recordWithoutMetadata, recordWithoutMemory, produceDisconnected, produceTimedOut, lateProduceAnswer, batchRetried, batchGivenUp
  case batchRetriedInOrder, batchSplit, unsentBatchesAbandoned, strandedBatchGivenUp, batchWithoutLeader, batchExpiredInQueue, batchExpiredInFlight
  case transactionCallTimedOut, producerFenced, transactionCoordinatorMoved, beginWaitsForLastEnd, transactionalOffsetsRefused, endMayBeCommitted
  case transactionEndedUnheard, commitUnanswered, outOfOrderBatchRetried, sequenceGapClosed, strandedBatchFailed, batchOutcomeUnknown, unresolvedBatchMissing
  case epochBumpNeeded, transactionMustAbort, producerFailedFatally, transactionCallRepeated, initAnsweredTooLate, clientEpochsUsedUp, idempotentEpochRaised
  case leaderLearnedFromRefusal, metadataUnanswered, clientRebootstrapped, olderMetadataIgnored, leaderRequestUnanswered, leaderRequestAtWrongBroker
  case leaderMovedDuringValidation, bufferedRecordsDropped, corruptBatchReceived, consumerFetchUnanswered, fetchAnswerOutdated, closerReplicaStale
  case fetchTooEarly, consumerFetchAtWrongLeader, positionOutOfRange, leaderMissingInMetadata, validationRefused, positionEpochUnknown, truncationSeenByConsumer
  case consumerSessionUnknown, consumerSessionRefused, joinAnsweredAfterLeaving, syncAnsweredTooLate, rebalanceDuringSync, membershipLost
  case heartbeatAnsweredTooLate, commitDuringRebalance, commitAnsweredTooLate, groupCoordinatorMoved, generationOverBeforeAssignment, coordinatorSilent
  case joinAbandoned, classicMemberPolledTooLate, consumerMemberFenced, assignedTopicUnknown, reconciliationOvertaken, heartbeatOfFormerLife
  case consumerMemberPolledTooLate, commitCoordinatorMoved, commitRepeatedInNewerEpoch, unstableOffsetAwaited, coordinatorNotFound, coordinatorUnanswering
  // Transport
  case reconnectDelayed, answerWithoutRequest, connectionFailed, requestTimedOut, requestUnreadable, apiNotOffered, answerAfterDisconnect
}
