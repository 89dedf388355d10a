-- Asks the plugin about a request: `http-request lua.ask verify` (a token with an unknown key) or
-- `authorize` (a Lambda authorizer). The plugin sees the request's headers, never its body.
-- It sets txn.verdict, txn.signature (1 when a token's signature holds) and txn.authorizer (JSON).

local socket = os.getenv("ENGINES_FRONTDOOR_PYTHON")

local hop_by_hop = {
  ["connection"] = true, ["content-length"] = true, ["transfer-encoding"] = true, ["expect"] = true,
  ["host"] = true, ["upgrade"] = true, ["te"] = true, ["trailer"] = true, ["keep-alive"] = true,
}

local function request_headers(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not hop_by_hop[name] and name:sub(1, 6) ~= "x-engines-" then
      local list = {}
      for index = 0, #values do
        list[#list + 1] = values[index]
      end
      headers[name] = list
    end
  end
  return headers
end

local function ask(txn, question)
  local headers = request_headers(txn)
  local known = {
    api = "txn.api", stage = "txn.stage", match = "txn.match", path = "txn.path", ["route-path"] = "txn.route_path",
    ["request-id"] = "txn.request_id", domain = "txn.domain", auth = "txn.auth", token = "txn.token",
  }
  for name, variable in pairs(known) do
    local value = txn:get_var(variable)
    if value then headers["x-engines-" .. name] = { tostring(value) } end
  end
  headers["x-engines-question"] = { question }
  headers["x-engines-method"] = { txn.f:method() }
  headers["x-engines-query"] = { txn.f:query() or "" }
  headers["x-engines-source"] = { tostring(txn.f:src()) }
  local reply = core.httpclient():post{
    url = "http://plugin/", dst = "unix@" .. socket, headers = headers, body = "", timeout = 30000,
  }
  txn:set_var("txn.verdict", "error")
  if not reply or reply.status ~= 200 then return end
  local verdict = reply.headers["x-engines-verdict"]
  if verdict then txn:set_var("txn.verdict", verdict[0] or verdict[1]) end
  if question == "verify" and verdict and (verdict[0] or verdict[1]) == "allow" then
    txn:set_var("txn.signature", 1)
  end
  if reply.body and #reply.body > 0 then txn:set_var("txn.authorizer", reply.body) end
end

core.register_action("ask", { "http-req" }, ask, 1)
