#!/usr/bin/env bash
# The script of action.yml. Its inputs are environment variables; PREFECT_API_URL is the server.
set -uo pipefail

report="${RUNNER_TEMP:-/tmp}/prefect-snapshot-report.md"
read -r -a flags <<< "$FLAGS"
tool() { node "$ACTION/bin/prefect-snapshot.js" "$@" -f markdown ${flags[@]+"${flags[@]}"}; }

# One comment per pull request, which the next plan replaces. It is found by its first line.
comment() {
  local mark='<!-- prefect-snapshot -->' body="$report.comment" id
  { echo "$mark"; cat "$report"; } > "$body"
  id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" \
    --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1) || return
  if [ -n "$id" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" > /dev/null
  else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" --field "body=@$body" > /dev/null
  fi
}

code=0
case "$COMMAND" in
  plan) tool plan "$SNAPSHOT" --out "$PLAN" --exit-code > "$report" || code=$? ;;
  apply) tool apply "$SNAPSHOT" --yes --journal "${RUNNER_TEMP:-/tmp}/prefect-journal-$$.ndjson" > "$report" || code=$? ;;
  drift) tool export -o "$SNAPSHOT" --check > "$report" || code=$? ;;
  *) echo "::error::The command must be plan, apply or drift, not '$COMMAND'."; exit 3 ;;
esac
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
cat "$report" >> "$GITHUB_STEP_SUMMARY"
if [ "$COMMAND" = plan ] && [ -n "${PULL_REQUEST:-}" ] && [ -s "$report" ]; then
  comment || { echo '::error::The comment with the plan could not be written.'; exit 1; }
fi
# Exit code 2 only means that the plan has changes.
if [ "$COMMAND" = plan ] && [ "$code" = 2 ]; then exit 0; fi
exit "$code"
