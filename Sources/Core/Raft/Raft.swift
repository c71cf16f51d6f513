// What this module guarantees: KRaft consensus over a log. A record below the high watermark is held by a majority of voters;
// an epoch has at most one leader; observers see committed records only, in order.
