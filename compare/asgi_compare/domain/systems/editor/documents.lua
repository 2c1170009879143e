-- The documents of the editor in a Redis or Valkey, for several processes.
--
-- KEYS[1]  begins the names of all keys
-- ARGV     the verb, the document, and the verb's own arguments
-- returns  {code, position, text, revision, entries}
--
--   :feed          a stream: all that anybody hears; what of it is for whom, its fields
--   :text:NAME     the text, and :revision:NAME, how many operations led to it
--   :log:NAME      a stream of operations; its ids are the revisions
--   :shared:NAME   the state of a document of Yjs, and :updates:NAME, what came since;
--                  its ids are those of the feed
local verb, name = ARGV[1], ARGV[2]
local LIFE = 86400

local function key(...)
  return KEYS[1] .. ':' .. table.concat({...}, ':')
end

local function feed(...)
  return redis.call('XADD', key('feed'), 'MAXLEN', '~', 10000, '*', 'document', name, ...)
end

local function entries(stream, first)
  local found = {}
  for _, entry in ipairs(redis.call('XRANGE', key(stream, name), first, '+')) do
    found[#found + 1] = {entry[1], unpack(entry[2])}
  end
  return found
end

local code, found = '', {}
local revision = tonumber(redis.call('GET', key('revision', name)) or 0)

if verb == 'append' then
  -- Only the next one is taken: who comes too late is told what came before it.
  local wanted, id, operation = tonumber(ARGV[3]), ARGV[4], ARGV[5]
  if wanted ~= revision + 1 then
    return {'late', '0-0', '', tostring(revision), entries('log', '(' .. (wanted - 1))}
  end
  revision = wanted
  redis.call('SET', key('text', name), ARGV[6], 'EX', LIFE)
  redis.call('SET', key('revision', name), revision, 'EX', LIFE)
  redis.call('XADD', key('log', name), 'MAXLEN', ARGV[7], revision .. '-0',
    'id', id, 'operation', operation)
  redis.call('EXPIRE', key('log', name), LIFE)
  feed('kind', 'accepted', 'id', id, 'revision', revision, 'operation', operation)

elseif verb == 'load' then
  found = entries('log', '-')

elseif verb == 'tell' then
  feed('kind', ARGV[3], 'user', ARGV[4], 'at', ARGV[5])

elseif verb == 'update' then
  local id = feed('kind', 'update', 'update', ARGV[3], 'process', ARGV[4])
  redis.call('XADD', key('updates', name), id, 'update', ARGV[3])
  redis.call('EXPIRE', key('updates', name), LIFE)

elseif verb == 'relay' then
  feed('kind', 'awareness', 'update', ARGV[3], 'process', ARGV[4])

elseif verb == 'shared' then
  local shared = redis.call('GET', key('shared', name))
  found = entries('updates', '-')
  return {'', '0-0', shared or '', '0', found}

elseif verb == 'compact' then
  -- The state has all updates up to this one in it; a later one may be in it twice.
  redis.call('SET', key('shared', name), ARGV[3], 'EX', LIFE)
  redis.call('XTRIM', key('updates', name), 'MINID', ARGV[4])
  redis.call('XDEL', key('updates', name), ARGV[4])

elseif verb == 'once' then
  if not redis.call('SET', key('once', name), 1, 'NX', 'EX', ARGV[3]) then
    code = 'used'
  end
end

local newest = redis.call('XREVRANGE', key('feed'), '+', '-', 'COUNT', 1)
return {code, newest[1] and newest[1][1] or '0-0',
  redis.call('GET', key('text', name)) or '', tostring(revision), found}
