# shellcheck shell=bash
# Shared by the scripts beside this one: messages, outputs, the forge's API. Source this file.
#
# GH_TOKEN is the API token, GITHUB_API_URL its base URL, TRUNKLINE_NAME the name of the configuration, if a
# repository has several. TRUNKLINE_PAUSE is how many seconds a first retry waits; tests set it to 0.

# Escapes a text so that the runner takes all of it as the message.
escaped() {
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

note() { printf '::notice title=trunkline::%s\n' "$(escaped "$1")"; }
warn() { printf '::warning title=trunkline::%s\n' "$(escaped "$1")"; }
complain() { printf '::error title=trunkline::%s\n' "$(escaped "$1")"; }

fail() {
  complain "$1"
  exit "${2:-1}"
}

# shielded FILE COMMAND…: runs a command whose messages can contain text that other people wrote; its output goes to the file,
# or to the log for `-`.
# The runner interprets lines that begin with `::` as commands; until the token, it does not.
shielded() {
  local file=$1 token code=0
  shift
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  # Messages go to the same stream as the token, so that none overtakes it.
  if [[ $file == - ]]; then
    "$@" 2>&1 || code=$?
  else
    { "$@" > "$file"; } 2>&1 || code=$?
  fi
  printf '\n::%s::\n' "$token"
  return "$code"
}

# output NAME VALUE: an output of this step.
output() {
  case $2 in *$'\n'*) fail "the output $1 has more than one line" ;; esac
  printf '%s=%s\n' "$1" "$2" >> "${GITHUB_OUTPUT:-/dev/null}"
}

summary() { cat >> "${GITHUB_STEP_SUMMARY:-/dev/null}"; }

# The name of the configuration. jq reads it too.
export TRUNKLINE_NAME=${TRUNKLINE_NAME:-webex}
[[ $TRUNKLINE_NAME =~ ^[A-Za-z0-9._-]+$ ]] || fail "the input name can contain only letters, digits, '.', '_' and '-': $TRUNKLINE_NAME"
# The ref that records which commit was applied last.
APPLIED_REF=refs/trunkline/applied
[[ $TRUNKLINE_NAME == webex ]] || APPLIED_REF+="-$TRUNKLINE_NAME"
readonly APPLIED_REF

run_url() { printf '%s/%s/actions/runs/%s' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"; }

# An empty variable counts as unset.
without_empty() {
  local variable
  for variable in "$@"; do
    [[ -n ${!variable:-} ]] || unset "$variable"
  done
}
without_empty WEBEX_ACCESS_TOKEN WEBEX_CLIENT_ID WEBEX_CLIENT_SECRET WEBEX_REFRESH_TOKEN TRUNKLINE_API_URL

need_webex() {
  [[ -n ${WEBEX_ACCESS_TOKEN:-}${WEBEX_CLIENT_ID:-} ]] && return
  fail "there is no Webex token: add the secrets WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET and WEBEX_REFRESH_TOKEN of a service app, or WEBEX_ACCESS_TOKEN (docs/ci.md of trunkline says where), and pass them in the workflow that calls this one"
}

# git with the API token, for a repository whose checkout keeps no credentials. The token is not in any argument.
git_with_token() {
  local basic
  basic=$(printf 'x-access-token:%s' "${GH_TOKEN:?}" | base64 | tr -d '\n')
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" \
    GIT_CONFIG_VALUE_0="Authorization: basic $basic" GIT_TERMINAL_PROMPT=0 git "$@"
}

# fetch_merge: fetches the merge of PULL_REQUEST into BASE_REF as the ref in $merge, and the base as refs/trunkline/base; returns a
# failure if there is none of HEAD_SHA. GitHub keeps it as a commit. It is updated some time after a push, and not while there are
# conflicts.
fetch_merge() {
  local attempt code
  merge="refs/pull/$PULL_REQUEST/merge"
  for attempt in 1 2 3 4 5 6; do
    code=0
    git_with_token fetch --quiet --no-tags --depth=2 origin "+$merge:$merge" \
      "+refs/heads/$BASE_REF:refs/trunkline/base" || code=$?
    if ((code == 0)) && [[ $(git rev-parse --verify --quiet "$merge^2") == "$HEAD_SHA" ]]; then
      return 0
    fi
    ((attempt == 6)) || sleep $((${TRUNKLINE_PAUSE:-2} * attempt))
  done
  return 1
}

# handed_on: the results of the last apply, as arguments of trunkline, in the array $handed. APPLIED_RUN and STATE_RUN are the runs that
# trunkline-ci-kept found, APPLIED and STATE the directories of their artifacts. If something was found and is missing here, the
# script fails: without it nobody would be treated as new, and nobody would be known for whom an apply has not restored everything.
handed_on() {
  # shellcheck disable=SC2034
  handed=()
  if [[ -n ${APPLIED_RUN:-} ]]; then
    [[ -f $APPLIED/applied.json.zst ]] || fail "the applied snapshot of run $APPLIED_RUN was not downloaded. Nothing is planned without it"
    handed+=(--applied "$APPLIED/applied.json.zst")
  fi
  if [[ -n ${STATE_RUN:-} ]]; then
    [[ -d $STATE && -n $(find "$STATE" -maxdepth 1 -type f -print -quit) ]] \
      || fail "the journals of run $STATE_RUN were not downloaded. Nothing is planned without them"
  fi
  handed+=(--state "${STATE:?}")
}

# fetch_applied_ref OPTION-OF-FETCH…: fetches APPLIED_REF as refs/trunkline/applied; returns a failure if there is no such ref. If
# the repository does not answer, the script ends instead.
fetch_applied_ref() {
  git_with_token ls-remote --quiet origin "$APPLIED_REF" > "$scratch/refs" || fail "cannot read from the repository which commit was applied last ($APPLIED_REF)"
  # A pattern of ls-remote also matches refs that end like this.
  cut -f 2 "$scratch/refs" | grep -qxF "$APPLIED_REF" || return 1
  git_with_token fetch --quiet "$@" origin "+$APPLIED_REF:refs/trunkline/applied" \
    || fail "cannot fetch the commit that was applied last ($APPLIED_REF)"
}

# --- the API ---------------------------------------------------------------------------------------------------------

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

header() { sed -n "s/^$1: *//Ip" "$scratch/headers" | tr -d '\r' | tail -n 1; }

# How long to wait before sending the same request again, or a failure if it must not be repeated.
pause() {
  local status=$1 attempt=$2 wait reset
  wait=$((${TRUNKLINE_PAUSE:-2} * 2 ** (attempt - 1)))
  case $status in
    000 | 500 | 502 | 503 | 504) printf '%s' "$wait" ;;
    403 | 429)
      if [[ $(header retry-after) =~ ^[0-9]+$ ]]; then
        printf '%s' "${BASH_REMATCH[0]}"
      elif [[ $(header x-ratelimit-remaining) == 0 ]]; then
        reset=$(header x-ratelimit-reset)
        wait=$((${reset:-0} - $(date +%s) + 1))
        printf '%s' "$((wait > 0 ? wait : 0))"
      elif [[ $status == 429 ]]; then
        printf '%s' "$wait"
      else
        return 1
      fi
      ;;
    *) return 1 ;;
  esac
}

# call METHOD URL [BODY-FILE]: one answer, with retries where they are safe. Sets $status; the body is in
# $scratch/body. An interrupted POST may have been carried out, so the caller must check.
call() {
  local method=$1 url=$2 data=${3:-} attempt wait code
  local -a options=(--silent --show-error --location --max-time 60 --request "$method" --dump-header "$scratch/headers"
    --output "$scratch/body" --write-out '%{http_code}' --header 'Accept: application/vnd.github+json'
    --header 'X-GitHub-Api-Version: 2022-11-28')
  [[ -z $data ]] || options+=(--header 'Content-Type: application/json' --data-binary "@$data")
  for attempt in 1 2 3 4 5; do
    : > "$scratch/body"
    : > "$scratch/headers"
    code=0
    status=$(printf 'header = "Authorization: Bearer %s"\n' "${GH_TOKEN:?}" \
      | curl --config - "${options[@]}" "$url" 2> "$scratch/stderr") || code=$?
    ((code == 0)) || status=000
    [[ $method != POST || $status == 4* ]] || return 0
    wait=$(pause "$status" "$attempt") || return 0
    ((attempt < 5)) || return 0
    ((wait <= 300)) || fail "the API of the forge lets nothing through for another $wait seconds (rate limit); rerun this later"
    warn "$method ${url#"$GITHUB_API_URL"} answered $status; again in $wait seconds"
    sleep "$wait"
  done
}

# Prints why a request failed, and ends.
refused() {
  local method=$1 url=$2 said
  said=$(jq -r '.message? // empty' "$scratch/body" 2> /dev/null || true)
  case $status in
    000) said="no answer: $(cat "$scratch/stderr")" ;;
    401) said="the token was not accepted${said:+ ($said)}" ;;
    403) said="not allowed${said:+ ($said)}; see which permissions docs/ci.md of trunkline requires in the calling workflow" ;;
    404) said="not found, or the token has no access to it${said:+ ($said)}" ;;
    *) said="answered $status${said:+ ($said)}" ;;
  esac
  fail "$method ${url#"$GITHUB_API_URL"}: $said"
}

# api METHOD PATH [BODY-FILE]: puts the body of a successful answer in $scratch/body; any other answer ends the script.
api() {
  call "$1" "$GITHUB_API_URL$2" "${3:-}"
  [[ $status == 2* ]] || refused "$1" "$GITHUB_API_URL$2"
}

# pages PATH FILTER: applies a jq filter to each page of a list; one JSON value per line, in $scratch/list.
pages() {
  local url="$GITHUB_API_URL$1"
  : > "$scratch/list"
  while [[ -n $url ]]; do
    call GET "$url"
    [[ $status == 2* ]] || refused GET "$url"
    jq -c "$2" "$scratch/body" >> "$scratch/list"
    url=$(header link | tr ',' '\n' | sed -n 's/^ *<\([^>]*\)>; *rel="next".*/\1/p')
  done
}

# For jq: whether something was written by the account that workflows use. Anyone can write the same words.
# shellcheck disable=SC2034
readonly OURS='(.user.login == "github-actions[bot]" and .user.type == "Bot")'
