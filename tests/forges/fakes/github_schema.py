"""The types of GitHub's GraphQL interface that are served here, a cut of GHES 3.17's public schema [S].

An `Actor` has a login and no number: `databaseId` is a field of User and Bot. A thread's `resolvedBy` is a
User. What is missing here but exists there is answered as unknown: extend this text when it is needed.
"""

SCHEMA = """
interface Node { id: ID! }
interface Actor { avatarUrl(size: Int): URI!  login: String!  resourcePath: URI!  url: URI! }
interface GitObject { abbreviatedOid: String!  commitUrl: URI!  id: ID!  oid: GitObjectID! }
interface Comment {
  author: Actor  body: String!  createdAt: DateTime!  id: ID!  updatedAt: DateTime!
  viewerDidAuthor: Boolean!
}
type User implements Node & Actor {
  avatarUrl(size: Int): URI!  databaseId: Int  id: ID!  login: String!  name: String  resourcePath: URI!  url: URI!
}
type Bot implements Node & Actor {
  avatarUrl(size: Int): URI!  databaseId: Int  id: ID!  login: String!  resourcePath: URI!  url: URI!
}
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  rateLimit(dryRun: Boolean): RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean): Repository
  viewer: User!
}
type RateLimit { cost: Int!  limit: Int!  remaining: Int!  resetAt: DateTime!  used: Int!  nodeCount: Int! }
type PageInfo { endCursor: String  hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String }
type Repository implements Node {
  databaseId: Int  id: ID!  isPrivate: Boolean!  name: String!  nameWithOwner: String!  url: URI!
  object(expression: String, oid: GitObjectID): GitObject
  pullRequest(number: Int!): PullRequest
  viewerPermission: RepositoryPermission
}
type PullRequest implements Node {
  additions: Int!  author: Actor  baseRefName: String!  baseRefOid: GitObjectID!  body: String!  changedFiles: Int!
  baseRepository: Repository  closed: Boolean!  createdAt: DateTime!  databaseId: Int  deletions: Int!
  fullDatabaseId: BigInt  headRefName: String!  headRefOid: GitObjectID!  headRepository: Repository  id: ID!
  isCrossRepository: Boolean!  isDraft: Boolean!  locked: Boolean!  merged: Boolean!  number: Int!
  state: PullRequestState!  title: String!  updatedAt: DateTime!  url: URI!
  comments(after: String, before: String, first: Int, last: Int): IssueCommentConnection!
  commits(after: String, before: String, first: Int, last: Int): PullRequestCommitConnection!
  reviewThreads(after: String, before: String, first: Int, last: Int): PullRequestReviewThreadConnection!
  reviews(
    after: String, before: String, first: Int, last: Int, author: String, states: [PullRequestReviewState!]
  ): PullRequestReviewConnection
}
type PullRequestCommit implements Node { commit: Commit!  id: ID!  url: URI! }
type PullRequestCommitConnection { nodes: [PullRequestCommit]  pageInfo: PageInfo!  totalCount: Int! }
type IssueComment implements Node & Comment {
  author: Actor  body: String!  createdAt: DateTime!  databaseId: Int  fullDatabaseId: BigInt  id: ID!
  isMinimized: Boolean!  updatedAt: DateTime!  url: URI!  viewerCanUpdate: Boolean!  viewerDidAuthor: Boolean!
}
type IssueCommentConnection { edges: [IssueCommentEdge]  nodes: [IssueComment]  pageInfo: PageInfo!  totalCount: Int! }
type IssueCommentEdge { cursor: String!  node: IssueComment }
type PullRequestReview implements Node & Comment {
  author: Actor  body: String!  commit: Commit  createdAt: DateTime!  databaseId: Int  fullDatabaseId: BigInt  id: ID!
  state: PullRequestReviewState!  submittedAt: DateTime  updatedAt: DateTime!  url: URI!  viewerDidAuthor: Boolean!
  comments(after: String, before: String, first: Int, last: Int): PullRequestReviewCommentConnection!
}
type PullRequestReviewConnection { nodes: [PullRequestReview]  pageInfo: PageInfo!  totalCount: Int! }
type PullRequestReviewThread implements Node {
  diffSide: DiffSide!  id: ID!  isCollapsed: Boolean!  isOutdated: Boolean!  isResolved: Boolean!  line: Int
  originalLine: Int  originalStartLine: Int  path: String!  pullRequest: PullRequest!  resolvedBy: User
  startDiffSide: DiffSide  startLine: Int  subjectType: PullRequestReviewThreadSubjectType!
  viewerCanReply: Boolean!  viewerCanResolve: Boolean!  viewerCanUnresolve: Boolean!
  comments(after: String, before: String, first: Int, last: Int, skip: Int): PullRequestReviewCommentConnection!
}
type PullRequestReviewThreadConnection {
  edges: [PullRequestReviewThreadEdge]  nodes: [PullRequestReviewThread]  pageInfo: PageInfo!  totalCount: Int!
}
type PullRequestReviewThreadEdge { cursor: String!  node: PullRequestReviewThread }
type PullRequestReviewComment implements Node & Comment {
  author: Actor  body: String!  commit: Commit  createdAt: DateTime!  databaseId: Int  diffHunk: String!
  fullDatabaseId: BigInt  id: ID!  isMinimized: Boolean!  line: Int  originalCommit: Commit  originalLine: Int
  originalStartLine: Int  outdated: Boolean!  path: String!  pullRequest: PullRequest!
  pullRequestReview: PullRequestReview  replyTo: PullRequestReviewComment  startLine: Int
  state: PullRequestReviewCommentState!  subjectType: PullRequestReviewThreadSubjectType!
  updatedAt: DateTime!  url: URI!  viewerCanUpdate: Boolean!  viewerDidAuthor: Boolean!
}
type PullRequestReviewCommentConnection {
  edges: [PullRequestReviewCommentEdge]  nodes: [PullRequestReviewComment]  pageInfo: PageInfo!  totalCount: Int!
}
type PullRequestReviewCommentEdge { cursor: String!  node: PullRequestReviewComment }
type Commit implements Node & GitObject {
  abbreviatedOid: String!  commitUrl: URI!  id: ID!  message: String!  messageHeadline: String!  oid: GitObjectID!
  status: Status  statusCheckRollup: StatusCheckRollup  url: URI!
}
type Status { commit: Commit  context(name: String!): StatusContext  contexts: [StatusContext!]!  id: ID!  state: StatusState! }
type StatusContext implements Node & StatusCheckRollupContext {
  avatarUrl(size: Int): URI  commit: Commit  context: String!  createdAt: DateTime!  creator: Actor  description: String
  id: ID!  state: StatusState!  targetUrl: URI
}
interface StatusCheckRollupContext { }
type StatusCheckRollup {
  commit: Commit  id: ID!  state: StatusState!
  contexts(after: String, before: String, first: Int, last: Int): StatusCheckRollupContextConnection!
}
type StatusCheckRollupContextConnection { nodes: [StatusCheckRollupContext]  pageInfo: PageInfo!  totalCount: Int! }
type CheckRun implements Node & StatusCheckRollupContext {
  conclusion: CheckConclusionState  databaseId: Int  id: ID!  name: String!  status: CheckStatusState!
  summary: String  title: String  url: URI!
}
type Mutation {
  addComment(input: AddCommentInput!): AddCommentPayload
  addPullRequestReview(input: AddPullRequestReviewInput!): AddPullRequestReviewPayload
  addPullRequestReviewThread(input: AddPullRequestReviewThreadInput!): AddPullRequestReviewThreadPayload
  addPullRequestReviewThreadReply(input: AddPullRequestReviewThreadReplyInput!): AddPullRequestReviewThreadReplyPayload
  resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
  submitPullRequestReview(input: SubmitPullRequestReviewInput!): SubmitPullRequestReviewPayload
  unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
  updateIssueComment(input: UpdateIssueCommentInput!): UpdateIssueCommentPayload
  updatePullRequestReviewComment(input: UpdatePullRequestReviewCommentInput!): UpdatePullRequestReviewCommentPayload
}
input AddCommentInput { body: String!  clientMutationId: String  subjectId: ID! }
type AddCommentPayload { clientMutationId: String  commentEdge: IssueCommentEdge  subject: Node }
input AddPullRequestReviewInput {
  body: String  clientMutationId: String  commitOID: GitObjectID  event: PullRequestReviewEvent  pullRequestId: ID!
}
type AddPullRequestReviewPayload { clientMutationId: String  pullRequestReview: PullRequestReview }
input AddPullRequestReviewThreadInput {
  body: String!  clientMutationId: String  line: Int  path: String  pullRequestId: ID  pullRequestReviewId: ID
  side: DiffSide  startLine: Int  startSide: DiffSide  subjectType: PullRequestReviewThreadSubjectType
}
type AddPullRequestReviewThreadPayload { clientMutationId: String  thread: PullRequestReviewThread }
input AddPullRequestReviewThreadReplyInput {
  body: String!  clientMutationId: String  pullRequestReviewId: ID  pullRequestReviewThreadId: ID!
}
type AddPullRequestReviewThreadReplyPayload { clientMutationId: String  comment: PullRequestReviewComment }
input ResolveReviewThreadInput { clientMutationId: String  threadId: ID! }
type ResolveReviewThreadPayload { clientMutationId: String  thread: PullRequestReviewThread }
input SubmitPullRequestReviewInput {
  body: String  clientMutationId: String  event: PullRequestReviewEvent!  pullRequestId: ID  pullRequestReviewId: ID
}
type SubmitPullRequestReviewPayload { clientMutationId: String  pullRequestReview: PullRequestReview }
input UnresolveReviewThreadInput { clientMutationId: String  threadId: ID! }
type UnresolveReviewThreadPayload { clientMutationId: String  thread: PullRequestReviewThread }
input UpdateIssueCommentInput { body: String!  clientMutationId: String  id: ID! }
type UpdateIssueCommentPayload { clientMutationId: String  issueComment: IssueComment }
input UpdatePullRequestReviewCommentInput { body: String!  clientMutationId: String  pullRequestReviewCommentId: ID! }
type UpdatePullRequestReviewCommentPayload { clientMutationId: String  pullRequestReviewComment: PullRequestReviewComment }
enum DiffSide { LEFT RIGHT }
enum PullRequestState { CLOSED MERGED OPEN }
enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
enum PullRequestReviewEvent { APPROVE COMMENT DISMISS REQUEST_CHANGES }
enum PullRequestReviewCommentState { PENDING SUBMITTED }
enum PullRequestReviewThreadSubjectType { FILE LINE }
enum RepositoryPermission { ADMIN MAINTAIN READ TRIAGE WRITE }
enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }
enum CheckConclusionState { ACTION_REQUIRED CANCELLED FAILURE NEUTRAL SKIPPED STALE STARTUP_FAILURE SUCCESS TIMED_OUT }
enum CheckStatusState { COMPLETED IN_PROGRESS PENDING QUEUED REQUESTED WAITING }
"""
